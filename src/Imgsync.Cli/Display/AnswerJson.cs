using System.Text.Json;
using System.Text.Json.Serialization;
using Imgsync.Cli.Commands;
using Imgsync.Core.Checking;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Cli.Display;

/// <summary>Every answer for programs, written by code that is generated when Imgsync is
/// built, because reflection takes time at every start.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    UseStringEnumConverter = true,
    GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(SyncReport))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(IReadOnlyList<EffectiveSetting>), TypeInfoPropertyName = "Settings")]
[JsonSerializable(typeof(IReadOnlyList<ListCommand.ListedDistribution>), TypeInfoPropertyName = "Distributions")]
[JsonSerializable(typeof(IReadOnlyList<ResolvedImage>), TypeInfoPropertyName = "Offers")]
[JsonSerializable(typeof(IReadOnlyList<ImagesCommand.ListedImage>), TypeInfoPropertyName = "Images")]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(IReadOnlyList<PastRun>), TypeInfoPropertyName = "Runs")]
internal sealed partial class AnswerJson : JsonSerializerContext;
