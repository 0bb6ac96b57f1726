using System.Text.RegularExpressions;
using Imgsync.Core.Catalog;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>Where in a path or a name the revision stands. The whole name has to match, so that no variant of an image passes
/// for it.</summary>
internal sealed class RevisionPattern
{
    private const string Any = "[0-9][A-Za-z0-9._-]*";

    private readonly Regex _pattern;

    /// <param name="template">Has <see cref="Pieces.Revision"/> in it, once or more.</param>
    public RevisionPattern(DistributionSpec spec, string template)
    {
        var revision = $"(?<revision>{spec.RevisionPattern ?? Any})";
        var parts = template.Split(Pieces.Revision).Select(Regex.Escape);

        // Without backtracking no name that a server makes up takes long.
        _pattern = new Regex(
            $@"\A{string.Join(revision, parts)}\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
    }

    /// <summary>Null where the name is another one.</summary>
    public Revision? Match(string name)
    {
        var captures = _pattern.Match(name).Groups["revision"].Captures;
        var found = captures.Select(capture => capture.Value).Distinct(StringComparer.Ordinal).ToList();
        return found.Count == 1 && Revision.TryParse(found[0], out var revision) ? revision : null;
    }

    /// <summary>The image of a revision, by its own name in its own directory.</summary>
    public static PinnedFile Fill(DistributionSpec spec, Revision revision) =>
        new(Fill(spec.Path, revision), Fill(spec.ImageName, revision));

    public static string Fill(string template, Revision revision) =>
        template.Replace(Pieces.Revision, revision.ToString(), StringComparison.Ordinal);
}
