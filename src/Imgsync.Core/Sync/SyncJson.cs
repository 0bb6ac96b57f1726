using System.Text.Json.Serialization;

namespace Imgsync.Core.Sync;

/// <summary>Writes and reads reports by code that is generated when Imgsync is built, because reflection takes time in every run.</summary>
[JsonSerializable(typeof(SyncReport))]
[JsonSerializable(typeof(IReadOnlyList<ImageOutcome>), TypeInfoPropertyName = "Outcomes")]
internal sealed partial class SyncJson : JsonSerializerContext;
