using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Loom.Core;

/// <summary>A type as a signature names it.</summary>
/// <param name="Name">Namespace and name; of a generic type the open one's.</param>
/// <param name="Definition">Where it is defined, when in the same assembly.</param>
/// <param name="Arguments">Its type arguments, or an array's element.</param>
internal sealed record SignatureType(string Name, TypeDefinitionHandle Definition, ImmutableArray<SignatureType> Arguments);

/// <summary>Decodes signatures into <see cref="SignatureType"/>.</summary>
internal sealed class SignatureTypes : ISignatureTypeProvider<SignatureType, object?>
{
    public static SignatureTypes Instance { get; } = new();

    public static string NameOf(MetadataReader metadata, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeReference when !handle.IsNil:
                var reference = metadata.GetTypeReference((TypeReferenceHandle)handle);
                return reference.ResolutionScope.Kind == HandleKind.TypeReference
                    ? $"{NameOf(metadata, reference.ResolutionScope)}.{metadata.GetString(reference.Name)}"
                    : Join(metadata, reference.Namespace, reference.Name);
            case HandleKind.TypeDefinition when !handle.IsNil:
                var definition = metadata.GetTypeDefinition((TypeDefinitionHandle)handle);
                return definition.GetDeclaringType() is { IsNil: false } outer
                    ? $"{NameOf(metadata, outer)}.{metadata.GetString(definition.Name)}"
                    : Join(metadata, definition.Namespace, definition.Name);
            case HandleKind.TypeSpecification when !handle.IsNil:
                return metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(Instance, null).Name;
            default:
                return "";
        }
    }

    public SignatureType GetPrimitiveType(PrimitiveTypeCode typeCode) => Plain($"System.{typeCode}");

    public SignatureType GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        new(NameOf(reader, handle), handle, []);

    public SignatureType GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Plain(NameOf(reader, handle));

    public SignatureType GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public SignatureType GetGenericInstantiation(SignatureType genericType, ImmutableArray<SignatureType> typeArguments) =>
        genericType with { Arguments = typeArguments };

    public SignatureType GetSZArrayType(SignatureType elementType) => new("System.Array", default, [elementType]);

    public SignatureType GetArrayType(SignatureType elementType, ArrayShape shape) => new("System.Array", default, [elementType]);

    public SignatureType GetByReferenceType(SignatureType elementType) => elementType;

    public SignatureType GetPointerType(SignatureType elementType) => elementType;

    public SignatureType GetPinnedType(SignatureType elementType) => elementType;

    public SignatureType GetModifiedType(SignatureType modifier, SignatureType unmodifiedType, bool isRequired) => unmodifiedType;

    public SignatureType GetFunctionPointerType(MethodSignature<SignatureType> signature) => Plain("System.IntPtr");

    public SignatureType GetGenericMethodParameter(object? genericContext, int index) => Plain($"!!{index}");

    public SignatureType GetGenericTypeParameter(object? genericContext, int index) => Plain($"!{index}");

    private static SignatureType Plain(string name) => new(name, default, []);

    private static string Join(MetadataReader metadata, StringHandle ns, StringHandle name) =>
        ns.IsNil ? metadata.GetString(name) : $"{metadata.GetString(ns)}.{metadata.GetString(name)}";
}
