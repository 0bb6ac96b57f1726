using System.Text.Json.Serialization;

namespace Imgsync.Core.Runs;

/// <summary>Writes reports by code that is generated when Imgsync is built, because reflection takes time in every run. Reading one is rare.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(SyncReport))]
internal sealed partial class SyncJson : JsonSerializerContext;
