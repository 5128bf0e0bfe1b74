using System.Buffers.Binary;
using System.Text;
using Loom.Core;
using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Receipts.Tests;

/// <summary>A counter's two first transitions as its module lived them, with what a receipt of each is about.</summary>
internal sealed class CounterLife
{
    public const string Stream = "counter-a";
    public static readonly SampleModule Sample = SampleModule.Of("counter");
    public static readonly Digest Module = Digest.Of(Sample.Wasm);

    /// <summary>An image of the module that nobody proved anything about; its form is right.</summary>
    public static readonly byte[] Image = MakeImage(Module);

    public CounterLife()
    {
        History.AddModule(Sample.Wasm);
        for (var i = 1; i <= 2; i++)
        {
            History.Append(
                Stream, machine: MachineId.Wasm(Module), commandType: "increment", command: "{}", state: $$"""{"count":{{i}}}""",
                emitted: [new EmittedEvent("incremented.v1", EventData.Json, Encoding.UTF8.GetBytes($$"""{"by":1,"count":{{i}}}"""))]);
        }
    }

    public History History { get; } = new();

    public History.Made this[int n] => History[Stream][n];

    public InputFrame Input(int n) => new(n == 0 ? default(ReadOnlyMemory<byte>) : this[n - 1].State, "{}"u8.ToArray(), MachineContext.Of(this[n].Link).ToCanonicalJson());

    /// <summary>The output that the link stands for; a module may write its JSON otherwise.</summary>
    public OutputFrame Output(int n) => new(0, this[n].State, Encoding.UTF8.GetBytes($$"""[ {"type":"incremented.v1","data":{"count": {{n + 1}} , "by": 1 } } ]"""));

    public static TrustedImage Trusted(byte[] image, params string[] sets) => new(Module, ReceiptImage.IdOf(image), sets);

    public LinkReceiptRequest Request(int n, byte[] receipt, byte[] image, params string[] sets) => new()
    {
        Link = this[n].Link,
        Opening = new Opening { Salt = this[n].Salt, Command = "{}"u8.ToArray() },
        SaltBefore = n == 0 ? default(ReadOnlyMemory<byte>?) : Salts.Part(this[n - 1].Salt, Salts.To),
        Trusted = [Trusted(image, sets)],
        Image = image,
        Receipt = receipt,
    };

    /// <summary>A receipt of these frames without a proof: everything around the seal can be judged.</summary>
    public static byte[] Unsealed(byte[] image, byte[] input, byte[] output, uint exitCode = 0, bool attached = true)
    {
        var statement = Statement.Of(ReceiptImage.IdOf(image), input, output, exitCode, cycles: 1000);
        byte[] head = [.. "LOOMRCPT"u8, 1, 0, 1, 0, 0, 0, 0, 0, .. statement.ToArray(), 0, 0, 0, 0, 0, 0, 0, 0];
        return attached ? [.. head, .. Attachment(1, input), .. Attachment(2, output)] : head;
    }

    public static byte[] MakeImage(Digest module)
    {
        var cap = new byte[1024];
        var image = new byte[52 + 4 + cap.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(image, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(12), 1000);
        image[16] = 10;
        image[17] = 1;
        module.CopyTo(image.AsSpan(20));
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(52), ParameterSet.Proven.Id);
        return image;
    }

    private static byte[] Attachment(ushort tag, byte[] content) => [.. BitConverter.GetBytes(tag), .. BitConverter.GetBytes(content.Length), .. content];
}
