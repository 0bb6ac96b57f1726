using Imgsync.Core.Catalog;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>Where in the publisher's tree things stand.</summary>
internal static class PathParts
{
    /// <summary>The directory on the way to the image whose name has a part of the revision, and what it is in; null for none.</summary>
    public static (string Parent, string Step)? Step(DistributionSpec spec)
    {
        if (NameTemplate.Parts(spec.Path) is not [var first, ..])
            return null;
        var place = spec.Path.IndexOf($"{{{first}}}", StringComparison.Ordinal);
        var begin = spec.Path.LastIndexOf('/', place) + 1;
        return (spec.Path[..begin], spec.Path[begin..spec.Path.IndexOf('/', place)]);
    }

    /// <summary>A file below the tree, or a URL of its own.</summary>
    public static Uri Locate(DistributionSpec spec, string file)
    {
        var filled = spec.Publisher.FillPath(file, spec.Architecture);
        return filled.Contains("://", StringComparison.Ordinal) ? new Uri(filled) : spec.Locate(filled);
    }

    /// <summary>A file beside an image, or a URL of its own, by a name that may have the image's in it and parts of its revision.</summary>
    public static Uri Beside(DistributionSpec spec, PinnedFile image, string template, IReadOnlyDictionary<string, string> parts)
    {
        var named = template.Replace(NameTemplate.Image, image.FileName, StringComparison.Ordinal);
        var name = NameTemplate.Fill(spec.Publisher.Fill(named, spec.Architecture), parts);
        return name.Contains("://", StringComparison.Ordinal) ? new Uri(name) : spec.Locate(image.Directory + name);
    }

    /// <summary>What the names of images in a document look like, or the revision alone, and how many steps of a path or URL that
    /// is at most.</summary>
    public static (IReadOnlyList<string> Templates, int Steps) Names(DistributionSpec spec)
    {
        IReadOnlyList<string> names = [spec.ImageName, .. spec.OtherNames];
        var inName = NameTemplate.Parts(spec.ImageName);
        return NameTemplate.Parts(spec.Path).All(part => inName.Contains(part, StringComparer.Ordinal))
            ? (names, 1)
            : ([.. names.Select(name => spec.Path + name), Step(spec)!.Value.Step], spec.Path.Count(letter => letter == '/') + 1);
    }

    /// <summary>The last steps of a path or URL.</summary>
    public static string Tail(string path, int steps) => string.Join('/', path.Split('/').TakeLast(steps));
}
