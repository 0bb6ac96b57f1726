namespace Imgsync.Core;

/// <summary>URLs as messages and logs may show them.</summary>
public static class MessageUrl
{
    /// <summary>Without user name, password, query and fragment: each of them may be a secret.</summary>
    public static string InMessages(this Uri url) =>
        url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
