using System.Collections.Concurrent;
using Imgsync.Core;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Pruning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Imgsync.Core.Tests.Planning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Imgsync.Cloud.Tests.Planning;

/// <summary>The table of what becomes of superseded images once more, with the images in a real Glance. Only their times are the
/// table's: Glance lets nobody set them.</summary>
public sealed class RetentionRowsTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [TakesMinutes(4)]
    public async Task Every_row_is_decided_alike_carried_out_and_leaves_nothing_to_do()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        await using var services = scenario.Services();
        await using var hold = await services.GetRequiredService<RunSteps>().HoldAsync(RunId.Parse("this"), Cancel);
        using var images = await RowsCloud.OpenAsync(cloud, scenario);
        var connection = services.GetRequiredService<CloudDirectory>().Connect(scenario.Cloud.Name);
        var actions = new ImageActions(connection.Name, connection.Glance, hold, NullLogger.Instance);
        var wrong = new ConcurrentBag<string>();

        // A token without a project lists nothing.
        var rows = RetentionRows.All.Where(row => row.Row.Project is not null).ToList();
        await Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = Cancel }, async (row, _) =>
        {
            if (await Record.ExceptionAsync(() => TryAsync(row.Row, images, connection, actions)) is { } failure)
                wrong.Add($"{row.Because}: {failure.Message}");
        });

        Assert.Empty(wrong);
        Assert.True(rows.Count > 60, $"{rows.Count} rows were tried");
    }

    private static async Task TryAsync(RetentionCase row, RowsCloud images, CloudConnection connection, ImageActions actions)
    {
        var tail = Guid.NewGuid().ToString("n")[20..];
        var ids = row.Written.Index().ToDictionary(
            entry => entry.Item.Id, entry => $"{entry.Index:x8}-0000-4000-8000-{tail}", StringComparer.Ordinal);
        try
        {
            foreach (var image in row.Written)
                await images.CreateAsync(image, ids, [1], []);

            var there = await LookAsync();
            var plan = row.Plan(there, there.Find(row.Written[row.Newest].Id));
            Assert.Equal(row.Expected, RetentionCase.InWords(plan));
            foreach (var action in plan)
                await actions.TakeAsync(action with { Image = action.Image with { Id = ids[action.Image.Id] } }, Cancel);

            var left = await LookAsync();
            var star = row.Written[row.Newest].Id;
            var newest = left.Find(star)
                ?? left.All.First(image => KnownImage.IsVisible(image) && image.Id.Split('/')[0] == star.Split('/')[0]);
            Assert.All(row.Plan(left, newest), action => Assert.True(action.Kind is ActionKind.Leave, $"left to do: {action.Kind}"));
        }
        finally
        {
            foreach (var id in ids.Values)
                await images.RemoveAsync(id);
        }

        // The row's own images only, called and dated as in the table.
        async Task<ImageListing> LookAsync()
        {
            var listing = await ImageListing.ReadAsync(connection, Cancel);
            var own = from written in row.Written
                      let image = listing.Find(ids[written.Id])
                      where image is not null
                      select image with { Id = written.Id, CreatedAt = written.CreatedAt, Properties = InTable(image.Properties) };
            return new ImageListing(listing.Project, [.. own]);
        }

        IReadOnlyDictionary<string, string> InTable(IReadOnlyDictionary<string, string> properties) => properties.ToDictionary(
            property => property.Key,
            property => property.Key is "imgsync.replaces" ? ids.First(id => id.Value == property.Value).Key : property.Value,
            StringComparer.Ordinal);
    }
}
