using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Loom.Core;

/// <summary>One check of one assembly's metadata and code.</summary>
internal sealed class MachineScan(PEReader pe, MetadataReader metadata)
{
    private readonly List<MachineFinding> _findings = [];
    private readonly Queue<TypeDefinitionHandle> _code = new();
    private readonly HashSet<TypeDefinitionHandle> _seenCode = [];
    private readonly Queue<TypeDefinitionHandle> _data = new();
    private readonly HashSet<TypeDefinitionHandle> _seenData = [];

    public IReadOnlyList<MachineFinding> Run()
    {
        foreach (var handle in metadata.TypeDefinitions)
        {
            if (MachineArguments(handle) is { } arguments)
            {
                AddCode(handle);
                AddData(arguments);
            }
        }

        while (_data.TryDequeue(out var handle))
        {
            CheckData(handle);
            AddCode(handle);
        }

        while (_code.TryDequeue(out var handle))
        {
            CheckCode(handle);
        }

        return [.. _findings.Distinct()];
    }

    // The types that a machine is a machine of; null when it is none.
    private ImmutableArray<SignatureType>? MachineArguments(TypeDefinitionHandle handle)
    {
        for (var depth = 0; depth < 32; depth++)
        {
            var parent = metadata.GetTypeDefinition(handle).BaseType;
            switch (parent.Kind)
            {
                case HandleKind.TypeDefinition when !parent.IsNil: // an interface has no parent
                    handle = (TypeDefinitionHandle)parent;
                    continue;
                case HandleKind.TypeReference:
                    return SignatureTypes.NameOf(metadata, parent) == "Loom.Core.Machine" ? [] : null;
                case HandleKind.TypeSpecification:
                    var type = metadata.GetTypeSpecification((TypeSpecificationHandle)parent).DecodeSignature(SignatureTypes.Instance, null);
                    return type.Name == "Loom.Core.Machine`3" ? type.Arguments : null;
                default:
                    return null;
            }
        }

        return null;
    }

    private void AddCode(TypeDefinitionHandle handle)
    {
        // Generated JSON forms are the framework's business.
        if (SignatureTypes.NameOf(metadata, metadata.GetTypeDefinition(handle).BaseType) == "System.Text.Json.Serialization.JsonSerializerContext"
            || !_seenCode.Add(handle))
        {
            return;
        }

        _code.Enqueue(handle);
        foreach (var nested in metadata.GetTypeDefinition(handle).GetNestedTypes())
        {
            AddCode(nested);
        }
    }

    private void AddData(ImmutableArray<SignatureType> types)
    {
        foreach (var type in types)
        {
            AddData(type.Arguments);
            if (type.Definition.IsNil || !_seenData.Add(type.Definition))
            {
                continue;
            }

            _data.Enqueue(type.Definition);
            foreach (var other in metadata.TypeDefinitions)
            {
                if (metadata.GetTypeDefinition(other).BaseType is { Kind: HandleKind.TypeDefinition } parent && (TypeDefinitionHandle)parent == type.Definition)
                {
                    AddData([new SignatureType(SignatureTypes.NameOf(metadata, other), other, [])]);
                }
            }
        }
    }

    private void CheckData(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        if (Has(type.GetCustomAttributes(), "JsonConverterAttribute") || SignatureTypes.NameOf(metadata, type.BaseType) == "System.Enum")
        {
            return; // it says itself how it is written
        }

        foreach (var property in type.GetProperties().Select(metadata.GetPropertyDefinition))
        {
            var getter = property.GetAccessors().Getter;
            if (!getter.IsNil
                && (metadata.GetMethodDefinition(getter).Attributes & (MethodAttributes.MemberAccessMask | MethodAttributes.Static)) == MethodAttributes.Public
                && !Has(property.GetCustomAttributes(), "JsonIgnoreAttribute")
                && !Has(property.GetCustomAttributes(), "JsonConverterAttribute"))
            {
                CheckMember(handle, metadata.GetString(property.Name), property.DecodeSignature(SignatureTypes.Instance, null).ReturnType);
            }
        }

        foreach (var field in type.GetFields().Select(metadata.GetFieldDefinition))
        {
            if ((field.Attributes & (FieldAttributes.FieldAccessMask | FieldAttributes.Static)) == FieldAttributes.Public)
            {
                CheckMember(handle, metadata.GetString(field.Name), field.DecodeSignature(SignatureTypes.Instance, null));
            }
        }
    }

    private void CheckMember(TypeDefinitionHandle owner, string member, SignatureType type)
    {
        if (type.Name is "System.Int64" or "System.UInt64" or "System.Decimal" or "System.Double" or "System.Single" or "System.Int128" or "System.UInt128")
        {
            _findings.Add(new MachineFinding(
                SignatureTypes.NameOf(metadata, owner), member, $"a bare {type.Name}",
                "JSON does not keep it exactly everywhere: use Cents for money, int for counts, or a value type that is written as a string."));
        }

        AddData([type]);
        foreach (var argument in type.Arguments)
        {
            CheckMember(owner, member, argument);
        }
    }

    private void CheckCode(TypeDefinitionHandle handle)
    {
        foreach (var methodHandle in metadata.GetTypeDefinition(handle).GetMethods())
        {
            var method = metadata.GetMethodDefinition(methodHandle);
            if (method.RelativeVirtualAddress == 0)
            {
                continue;
            }

            foreach (var token in IlReader.Tokens(pe.GetMethodBody(method.RelativeVirtualAddress).GetILReader()))
            {
                CheckToken(handle, metadata.GetString(method.Name), token);
            }
        }
    }

    private void CheckToken(TypeDefinitionHandle owner, string method, EntityHandle token)
    {
        if (token.Kind == HandleKind.MethodSpecification)
        {
            token = metadata.GetMethodSpecification((MethodSpecificationHandle)token).Method;
        }

        switch (token.Kind)
        {
            case HandleKind.MethodDefinition:
                AddCode(metadata.GetMethodDefinition((MethodDefinitionHandle)token).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                AddCode(metadata.GetFieldDefinition((FieldDefinitionHandle)token).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                var member = metadata.GetMemberReference((MemberReferenceHandle)token);
                var (type, definition) = DeclaringType(member.Parent);
                if (!definition.IsNil)
                {
                    AddCode(definition);
                }
                else if (ForbiddenCalls.Remedy(type, metadata.GetString(member.Name)) is { } remedy)
                {
                    _findings.Add(new MachineFinding(
                        SignatureTypes.NameOf(metadata, owner), method, $"uses {type}.{metadata.GetString(member.Name)}", remedy));
                }

                break;
        }
    }

    private (string Name, TypeDefinitionHandle Definition) DeclaringType(EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => (SignatureTypes.NameOf(metadata, parent), default),
        HandleKind.TypeDefinition => ("", (TypeDefinitionHandle)parent),
        HandleKind.TypeSpecification =>
            metadata.GetTypeSpecification((TypeSpecificationHandle)parent).DecodeSignature(SignatureTypes.Instance, null) is var type
                ? (type.Name, type.Definition)
                : default,
        _ => ("", default),
    };

    private bool Has(CustomAttributeHandleCollection attributes, string name)
    {
        foreach (var handle in attributes)
        {
            var constructor = metadata.GetCustomAttribute(handle).Constructor;
            var type = constructor.Kind == HandleKind.MemberReference
                ? SignatureTypes.NameOf(metadata, metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent)
                : SignatureTypes.NameOf(metadata, metadata.GetMethodDefinition((MethodDefinitionHandle)constructor).GetDeclaringType());
            if (type == $"System.Text.Json.Serialization.{name}")
            {
                return true;
            }
        }

        return false;
    }
}
