using Imgsync.Core.Catalog;

namespace Imgsync.Core.Upstream;

/// <summary>What the way alone says about a digest that nobody signed.</summary>
public static class Transport
{
    public static Provenance Provenance(DistributionSpec spec) => Provenance(spec.Publisher.BaseUrl);

    public static Provenance Provenance(Uri location) =>
        new(location.Scheme is "https" ? ProvenanceKind.DigestOverHttps : ProvenanceKind.DigestOverHttp);
}
