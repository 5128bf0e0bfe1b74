using System.Text.Json.Serialization;

namespace Loom.Runtime.Import;

/// <summary>A command of the actor that stands for one import.</summary>
internal abstract record ImportCommand;

internal sealed record StartImport(string File, string Sha256, string Bytes, string Machine, ImportKeys Keys, IReadOnlyDictionary<string, string> Settings)
    : ImportCommand;

internal sealed record RecordRefusals(int Block, int Part, IReadOnlyList<RefusedStep> Refusals) : ImportCommand;

internal sealed record FinishImport(int Cases, int Steps, int Accepted, int Refused, IReadOnlyDictionary<string, KindCount> Kinds) : ImportCommand;

internal sealed record FailImport(string Reason, int Cases, int Steps, int Accepted, int Refused) : ImportCommand;

internal abstract record ImportEvent;

internal sealed record ImportStarted(string File, string Sha256, string Bytes, string Machine, ImportKeys Keys, IReadOnlyDictionary<string, string> Settings)
    : ImportEvent;

internal sealed record StepsRefused(int Block, int Part, IReadOnlyList<RefusedStep> Refusals) : ImportEvent;

internal sealed record ImportFinished(int Cases, int Steps, int Accepted, int Refused, IReadOnlyDictionary<string, KindCount> Kinds) : ImportEvent;

internal sealed record ImportFailed(string Reason, int Cases, int Steps, int Accepted, int Refused) : ImportEvent;

internal sealed record ImportState(string File, string Sha256, string Machine, string Status, int Cases, int Steps, int Accepted, int Refused);

/// <summary>Which attributes of the log were read as what.</summary>
internal sealed record ImportKeys(string Role, string? Resource, string? Amount);

/// <summary>JSON forms of the import's machine.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ImportState))]
[JsonSerializable(typeof(StartImport))]
[JsonSerializable(typeof(RecordRefusals))]
[JsonSerializable(typeof(FinishImport))]
[JsonSerializable(typeof(FailImport))]
[JsonSerializable(typeof(ImportStarted))]
[JsonSerializable(typeof(StepsRefused))]
[JsonSerializable(typeof(ImportFinished))]
[JsonSerializable(typeof(ImportFailed))]
internal sealed partial class ImportJson : JsonSerializerContext;
