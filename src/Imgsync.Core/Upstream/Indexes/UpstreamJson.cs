using System.Text.Json.Serialization;
using Imgsync.Core.Catalog;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>Writes and reads memories by code that is generated when Imgsync is built, because reflection takes time in every run.</summary>
[JsonSerializable(typeof(ResolutionMemory.Memory))]
[JsonSerializable(typeof(DistributionSpec), GenerationMode = JsonSourceGenerationMode.Serialization)]
internal sealed partial class UpstreamJson : JsonSerializerContext;
