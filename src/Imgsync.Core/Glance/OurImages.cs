using System.Runtime.CompilerServices;

namespace Imgsync.Core.Glance;

/// <summary>Everything in a cloud that carries our mark and belongs to our project.</summary>
public static class OurImages
{
    /// <summary>All of it. Glance has no way to ask for hidden images and others at once, so this lists twice.</summary>
    public static IAsyncEnumerable<GlanceImage> ListAsync(CloudConnection cloud, CancellationToken cancellationToken) =>
        ListAsync(cloud, hidden: false, cancellationToken).Concat(ListAsync(cloud, hidden: true, cancellationToken));

    /// <summary>What is hidden of it, or what is not.</summary>
    public static async IAsyncEnumerable<GlanceImage> ListAsync(
        CloudConnection cloud, bool hidden, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var project = (await cloud.Keystone.GetTokenAsync(cancellationToken)).ProjectId;
        var query = new ImageQuery
        {
            Owner = project,
            OsHidden = hidden,
            Properties = new Dictionary<string, string>(StringComparer.Ordinal) { [ImageMarks.Source] = ImageMarks.Imgsync },
        };
        await foreach (var image in cloud.Glance.ListAsync(query, cancellationToken))
        {
            // Without a project of ours nothing that somebody owns is ours, whatever it says of itself.
            if (image.Owner == project)
                yield return image;
        }
    }
}
