using System.Diagnostics.CodeAnalysis;

namespace Imgsync.Core.Catalog;

/// <summary>The URL of a publisher's tree or of a mirror: something to append paths to.</summary>
internal static class TreeUrl
{
    /// <summary>Reads http and https URLs and adds a missing slash, without which the last
    /// directory would be replaced by what is appended.</summary>
    /// <param name="fault">What is wrong, as the second half of a sentence.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? tree, [NotNullWhen(false)] out string? fault)
    {
        tree = null;
        fault = !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") ? "is not an http or https URL"
            : url.UserInfo.Length > 0 ? "holds a user name or password, which have no place in a URL"
            : url.Query.Length > 0 || url.Fragment.Length > 0 ? "has a query or a fragment, and paths are appended to it"
            : null;
        if (fault is null)
            tree = url!.AbsolutePath.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
        return tree is not null;
    }
}
