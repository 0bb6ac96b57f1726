using System.Text.Json;
using System.Text.Json.Serialization;
using Imgsync.Cli.Commands;
using Imgsync.Cli.Commands.Catalog;
using Imgsync.Cli.Commands.Help;
using Imgsync.Cli.Commands.Status;
using Imgsync.Core.Checking;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Cli.Display.Answers;

/// <summary>Every answer for programs, written by code that is generated when Imgsync is
/// built, because reflection takes time at every start. Words are those of tables and metrics: <c>up-to-date</c>.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(SyncReport))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(IReadOnlyList<EffectiveSetting>), TypeInfoPropertyName = "Settings")]
[JsonSerializable(typeof(IReadOnlyList<ListCommand.ListedDistribution>), TypeInfoPropertyName = "Distributions")]
[JsonSerializable(typeof(IReadOnlyList<CatalogCheckCommand.AskedFor>), TypeInfoPropertyName = "CatalogEntries")]
[JsonSerializable(typeof(CatalogAddCommand.AddedEntry))]
[JsonSerializable(typeof(IReadOnlyList<ResolvedImage>), TypeInfoPropertyName = "Offers")]
[JsonSerializable(typeof(IReadOnlyList<ImagesCommand.ListedImage>), TypeInfoPropertyName = "Images")]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(IReadOnlyList<PastRun>), TypeInfoPropertyName = "Runs")]
[JsonSerializable(typeof(IReadOnlyList<VerifiedImage>), TypeInfoPropertyName = "Verified")]
[JsonSerializable(typeof(VersionCommand.Answer))]
[JsonSerializable(typeof(FailureAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext;

/// <summary>The same words, a record a line.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(SyncReport))]
[JsonSerializable(typeof(FailureAnswer))]
internal sealed partial class LineJson : JsonSerializerContext;
