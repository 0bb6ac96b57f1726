using System.Globalization;

namespace Imgsync.Functions.Tests;

public sealed class ReplayTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(20240717)]
    public async Task The_same_history_makes_the_orchestrator_ask_for_the_same_things_again(int seed)
    {
        var original = new Scenario(distributions: 12, clouds: 3);
        var held = original.Hold();
        var order = new Random(seed);
        var run = original.RunAsync();
        while (!run.IsCompleted)
            held.Release(order.Next(held.Count));
        await run;

        var first = await ReplayAsync(held.History);
        var second = await ReplayAsync(held.History);

        Assert.Equal(36, held.History.Count);
        Assert.Equal(Told(original), Told(first));
        Assert.Equal(Told(original), Told(second));
    }

    private static async Task<Scenario> ReplayAsync(IReadOnlyList<int> history)
    {
        var scenario = new Scenario(distributions: 12, clouds: 3);
        var held = scenario.Hold();
        var run = scenario.RunAsync();
        foreach (var call in history)
            held.Replay(call);
        await run;
        return scenario;
    }

    private static string Told(Scenario scenario) => string.Join('\n', scenario.Calls
        .Select(call => string.Create(CultureInfo.InvariantCulture, $"{call.Number} {call.Name} {call.Json}"))
        .Concat(scenario.Context.Statuses));
}
