using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Imgsync.Core.Catalog;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>Remembers in staging what each distribution was resolved to, so that one conditional request tells whether
/// upstream offers anything new. A memory only ever saves work: it may say that nothing is to be done, and before a byte
/// moves everything is resolved and verified again (docs/adr/0009).</summary>
public sealed class ResolutionMemory(IDocumentStore documents, UpstreamClient client, TimeProvider time)
{
    /// <summary>After this long everything is verified again, unchanged or not: keys expire, and a date alone can deceive.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromDays(7);

    /// <summary>The largest file that witnesses anything.</summary>
    private const int MaxWitnessBytes = DebianManifest.MaxBytes;

    /// <summary>A memory has some KiB, and more where there are many mirrors.</summary>
    private const int LongestBytes = 256 * 1024;

    /// <summary>What this distribution was resolved to last time, if its publisher says that this still holds.</summary>
    public async Task<ResolvedImage?> RecallAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var memory = await LoadAsync(spec, cancellationToken);
        if (memory is not { Image.Witness: { } witness } || memory.Basis != BasisOf(spec) || IsOld(memory))
            return null;

        return await client.IsUnchangedAsync(witness, MaxWitnessBytes, cancellationToken) ? memory.Image : null;
    }

    /// <summary>What this distribution was resolved to last time, whether that still holds or not; nobody is asked. Null where nothing is
    /// remembered.</summary>
    public async Task<ResolvedImage?> LastAsync(DistributionSpec spec, CancellationToken cancellationToken) =>
        await LoadAsync(spec, cancellationToken) is { } memory && memory.Basis == BasisOf(spec) ? memory.Image : null;

    /// <summary>Keeps what has just been resolved and verified, if there is a way to ask whether it still holds.</summary>
    public async Task KeepAsync(DistributionSpec spec, ResolvedImage image, CancellationToken cancellationToken)
    {
        if (image.Witness is null)
            return;

        var memory = new Memory(BasisOf(spec), time.GetUtcNow(), image);
        await documents.SaveAsync(
            Document(spec), JsonSerializer.SerializeToUtf8Bytes(memory, UpstreamJson.Default.Memory), cancellationToken);
    }

    /// <summary>One document for each distribution: the activities of a run keep them on
    /// many machines, and none overwrites another's.</summary>
    private static string Document(DistributionSpec spec) => $"resolved/{spec.Key}.json";

    /// <summary>Everything that the resolution follows from besides upstream itself: another
    /// mirror, pattern or signature policy asks anew.</summary>
    private static string BasisOf(DistributionSpec spec) => Digest
        .FromBytes(
            DigestAlgorithm.Sha256, SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(spec, UpstreamJson.Default.DistributionSpec)))
        .Hex;

    private bool IsOld(Memory memory) => time.GetUtcNow() - memory.VerifiedAt is var age && (age > Lasts || age < TimeSpan.Zero);

    /// <summary>A document that cannot be read, of another version of ours perhaps, is no memory.</summary>
    private async Task<Memory?> LoadAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            var document = await documents.LoadAsync(Document(spec), LongestBytes, cancellationToken);
            return document is null ? null : JsonSerializer.Deserialize(document, UpstreamJson.Default.Memory);
        }
        catch (Exception strange) when (strange is JsonException or DocumentTooLongException)
        {
            return null;
        }
    }

    internal sealed record Memory(string Basis, DateTimeOffset VerifiedAt, ResolvedImage Image);
}

/// <summary>Writes and reads memories by code that is generated when Imgsync is built,
/// because reflection takes time in every run.</summary>
[JsonSerializable(typeof(ResolutionMemory.Memory))]
[JsonSerializable(typeof(DistributionSpec), GenerationMode = JsonSourceGenerationMode.Serialization)]
internal sealed partial class UpstreamJson : JsonSerializerContext;
