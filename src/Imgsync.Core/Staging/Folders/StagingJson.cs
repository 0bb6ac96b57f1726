using System.Text.Json.Serialization;
using Imgsync.Core.Content;

namespace Imgsync.Core.Staging.Folders;

/// <summary>Writes and reads the facts beside a staged copy by code that is generated when Imgsync is built, because reflection takes time in every run.</summary>
[JsonSerializable(typeof(ContentFacts))]
internal sealed partial class StagingJson : JsonSerializerContext;
