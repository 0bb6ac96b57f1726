using System.Text;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>The revision that a text file names, alone or behind a key: <c>FLATCAR_VERSION=4593.2.5</c>.</summary>
internal sealed class NewestInText(UpstreamClient client) : INewest
{
    private const int MaxBytes = 64 * 1024;

    public async Task<Offer> FindAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var piece = spec.Pieces!.Newest;
        var location = PathParts.Locate(spec, piece.File!);
        var file = await client.FindAsync(location, MaxBytes, cancellationToken) ?? throw UpstreamFailure.Missing(location);
        var shape = new PartPattern(spec, spec.RevisionTemplate, known: null);
        var key = piece.Key is null ? "" : piece.Key + "=";
        var found = Encoding.Latin1.GetString(file.Content)
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith(key, StringComparison.Ordinal))
            .Select(line => line[key.Length..].Trim('"', '\''))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return found is [var only] && shape.Match(only) is not null
            ? new Offer(
                location, OfferedName.All(found), [spec.RevisionTemplate],
                file.Version is { } version ? new Witness(location, version) : null)
            : throw new UpstreamException(
                $"{location.InMessages()} has {(found.Count == 1 ? $"\"{found[0].Shortened()}\"" : $"{found.Count} lines")} where one line "
                    + $"{key}{Looks(spec)} should be; try again later or another mirror.");
    }

    private static string Looks(DistributionSpec spec) => NameTemplate.Fill(spec.RevisionTemplate, spec.Parts);
}

/// <summary>The images that the lines of a text file name first, whatever stands behind: <c>20260816T170149Z/di-amd64-….qcow2 1503</c>.
/// A comment begins with <c>#</c>.</summary>
internal sealed class NewestInPointer(UpstreamClient client, PublisherSignatures signatures) : INewest
{
    private const int MaxBytes = 64 * 1024;

    public async Task<Offer> FindAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var piece = spec.Pieces!.Newest;
        var location = PathParts.Locate(spec, piece.File!);
        var (content, version) = await ReadAsync(spec, location, cancellationToken);
        var (templates, steps) = PathParts.Names(spec);
        var names = Encoding.Latin1.GetString(content)
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => PathParts.Tail(line.Split([' ', '\t'], 2)[0], steps));
        return new Offer(location, OfferedName.All(names), templates, version is null ? null : new Witness(location, version));
    }

    private async Task<(byte[] Content, FileVersion? Version)> ReadAsync(
        DistributionSpec spec, Uri location, CancellationToken cancellationToken)
    {
        if (spec.Pieces!.Newest.ClearSigned && spec.Publisher.Signature is not SignaturePolicy.None
            && await signatures.ReadClearSignedAsync(location, MaxBytes, spec.Publisher, cancellationToken) is var (signed, _, text))
            return (text, signed.Version);
        var file = await client.FindAsync(location, MaxBytes, cancellationToken) ?? throw UpstreamFailure.Missing(location);
        return (file.Content, file.Version);
    }
}
