using System.Text;
using Imgsync.Core.Catalog;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>The revision that a text file names, alone or behind a key: <c>FLATCAR_VERSION=4593.2.5</c>.</summary>
internal sealed class NewestInText(UpstreamClient client) : INewest
{
    private const int MaxBytes = 64 * 1024;

    public async Task<NewestRevision> FindAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var piece = spec.Publisher.Pieces!.Newest;
        var location = spec.Locate(spec.Publisher.Fill(piece.File!, spec.Architecture));
        var file = await client.FindAsync(location, MaxBytes, cancellationToken) ?? throw UpstreamFailure.Missing(location);
        var shape = new RevisionPattern(spec, Pieces.Revision);
        var key = piece.Key is null ? "" : piece.Key + "=";
        var found = Encoding.Latin1.GetString(file.Content)
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith(key, StringComparison.Ordinal))
            .Select(line => line[key.Length..].Trim('"', '\''))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return found.Count == 1 && shape.Match(found[0]) is { } revision
            ? new NewestRevision(revision, file.Version is { } version ? new Witness(location, version) : null)
            : throw new UpstreamException(
                $"{location.InMessages()} has {(found.Count == 1 ? $"\"{found[0].Shortened()}\"" : $"{found.Count} lines")} where one line "
                    + $"{key}{spec.RevisionPattern ?? "<revision>"} should be; try again later or another mirror.");
    }
}
