namespace Imgsync.Core.Glance;

/// <summary>Everything in a cloud that carries our mark and belongs to our project.</summary>
public static class OurImages
{
    public static async IAsyncEnumerable<GlanceImage> ListAsync(
        CloudConnection cloud, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var project = (await cloud.Keystone.GetTokenAsync(cancellationToken)).ProjectId;
        foreach (var hidden in new[] { false, true })
        {
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
}
