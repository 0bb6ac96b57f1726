using System.Security.Cryptography;
using System.Text;

namespace Imgsync.Core.Reporting.Page;

/// <summary>The page's style and script, and the policy that lets a browser take nothing else.</summary>
public static class PageAssets
{
    internal static string Style { get; } = Read("page.css");

    internal static string Script { get; } = Read("page.js");

    /// <summary>A Content-Security-Policy (W3C CSP level 3) that knows both by their digests.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; style-src '{Source(Style)}'; script-src '{Source(Script)}'; base-uri 'none'; form-action 'none'";

    /// <summary>What only a header can say.</summary>
    public static string HeaderPolicy => Policy + "; frame-ancestors 'none'";

    private static string Source(string content) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}";

    private static string Read(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly was built without {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
