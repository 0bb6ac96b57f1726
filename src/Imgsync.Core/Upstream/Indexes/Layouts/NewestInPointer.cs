using System.Text;
using Imgsync.Core.Catalog;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>The images that the lines of a text file name first, whatever stands behind: <c>20260816T170149Z/di-amd64-….qcow2 1503</c>.
/// A comment begins with <c>#</c>.</summary>
internal sealed class NewestInPointer(UpstreamClient client, PublisherSignatures signatures) : INewest
{
    private const int MaxBytes = 64 * 1024;

    public async Task<Offer> FindAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var file = await NewestFile.ReadAsync(spec, client, signatures, MaxBytes, cancellationToken);
        var (templates, steps) = PathParts.Names(spec);
        var names = Encoding.Latin1.GetString(file.Content)
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => PathParts.Tail(line.Split([' ', '\t'], 2)[0], steps));
        return new Offer(file.Location, OfferedName.All(names), templates, file.Witness);
    }
}
