using System.Text;
using Imgsync.Core.Catalog;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>The revision that a text file names, alone or behind a key: <c>FLATCAR_VERSION=4593.2.5</c>.</summary>
internal sealed class NewestInText(UpstreamClient client, PublisherSignatures signatures) : INewest
{
    private const int MaxBytes = 64 * 1024;

    public async Task<Offer> FindAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var file = await NewestFile.ReadAsync(spec, client, signatures, MaxBytes, cancellationToken);
        var shape = new PartPattern(spec, spec.RevisionTemplate, known: null);
        var key = spec.Pieces!.Newest.Key is { } name ? name + "=" : "";
        var found = Encoding.Latin1.GetString(file.Content)
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith(key, StringComparison.Ordinal))
            .Select(line => line[key.Length..].Trim('"', '\''))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var said = found is [var odd] ? $"\"{odd.Shortened()}\"" : $"{found.Count} lines";
        return found is [var only] && shape.Match(only) is not null
            ? new Offer(file.Location, OfferedName.All(found), [spec.RevisionTemplate], file.Witness)
            : throw new UpstreamException(
                $"{file.Location.InMessages()} has {said} where one line "
                    + $"{key}{Looks(spec)} should be; try again later or another mirror.");
    }

    private static string Looks(DistributionSpec spec) => NameTemplate.Fill(spec.RevisionTemplate, spec.Parts);
}
