using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Loom.Core;

namespace Loom.Proving;

/// <summary>A value that JSON holds as text.</summary>
internal abstract class TextJson<T> : JsonConverter<T>
{
    public sealed override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return Parse(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new FormatException("It is no text."));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public sealed override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));

    protected abstract T Parse(string text);

    protected virtual string Format(T value) => value!.ToString()!;
}

internal sealed class DigestJson : TextJson<Digest>
{
    protected override Digest Parse(string text) => Digest.Parse(text);
}

internal sealed class StreamNameJson : TextJson<StreamName>
{
    protected override StreamName Parse(string text) => StreamName.Parse(text);
}

internal sealed class MachineIdJson : TextJson<MachineId>
{
    protected override MachineId Parse(string text) => MachineId.Parse(text);
}

/// <summary>A position: above 2^53 some readers of JSON would change a number.</summary>
internal sealed class PositionJson : TextJson<ulong>
{
    protected override ulong Parse(string text) => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    protected override string Format(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
