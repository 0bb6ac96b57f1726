using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Catalog;

/// <summary>How a catalogue is read: strictly, and by code that is generated when Imgsync is built, because reflection takes time at every start.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    MaxDepth = 8,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CatalogFile))]
internal sealed partial class CatalogJson : JsonSerializerContext;
