using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loom.Api;

/// <summary>The API's JSON: camelCase members, absent when null, no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(CommandResult))]
[JsonSerializable(typeof(ActorList))]
[JsonSerializable(typeof(ActorDetail))]
[JsonSerializable(typeof(TransitionList))]
[JsonSerializable(typeof(TransitionItem))]
[JsonSerializable(typeof(ReplayResult))]
[JsonSerializable(typeof(TypeList))]
[JsonSerializable(typeof(TypeItem))]
[JsonSerializable(typeof(TailEvent))]
[JsonSerializable(typeof(VerifyResult))]
[JsonSerializable(typeof(LogStatus))]
[JsonSerializable(typeof(CheckpointList))]
[JsonSerializable(typeof(LogEntryList))]
[JsonSerializable(typeof(PublishResult))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(RevokeRequest))]
[JsonSerializable(typeof(WhoAmI))]
[JsonSerializable(typeof(HostInfo))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(JournalStats))]
[JsonSerializable(typeof(BackupRequest))]
[JsonSerializable(typeof(BackupResult))]
[JsonSerializable(typeof(ProjectionList))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenCreated))]
[JsonSerializable(typeof(TokenList))]
[JsonSerializable(typeof(ImportStatus))]
[JsonSerializable(typeof(ConfigExplanation))]
[JsonSerializable(typeof(ModuleList))]
[JsonSerializable(typeof(ModuleItem))]
[JsonSerializable(typeof(ModuleDetail))]
[JsonSerializable(typeof(ModuleReportResult))]
[JsonSerializable(typeof(ModuleUsers))]
[JsonSerializable(typeof(ProofList))]
[JsonSerializable(typeof(ProofItem))]
[JsonSerializable(typeof(ProofRequest))]
[JsonSerializable(typeof(ReceiptList))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class LoomJson : JsonSerializerContext;
