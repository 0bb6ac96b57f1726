using Imgsync.Functions.Setup;
using Microsoft.Extensions.Configuration;

namespace Imgsync.Functions.Tests;

public sealed class HostLimitsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void They_are_read_from_host_json()
    {
        File.WriteAllText(_file, """{ "functionTimeout": "00:10:00", "extensions": { "durableTask": { "maxConcurrentActivityFunctions": 3 } } }""");

        Assert.Equal(new HostLimits(TimeSpan.FromMinutes(10), 3), Read());
    }

    [Fact]
    public void An_app_setting_overrides_the_file()
    {
        File.WriteAllText(_file, """{ "functionTimeout": "00:10:00", "extensions": { "durableTask": { "maxConcurrentActivityFunctions": 3 } } }""");

        var limits = Read(
            ("AzureFunctionsJobHost:functionTimeout", "01:00:00"),
            ("AzureFunctionsJobHost:extensions:durableTask:maxConcurrentActivityFunctions", "8"));

        Assert.Equal(new HostLimits(TimeSpan.FromHours(1), 8), limits);
    }

    [Fact]
    public void What_is_not_set_is_the_plans_to_decide()
    {
        File.WriteAllText(_file, "{}");

        Assert.Equal(new HostLimits(null, null), Read());
        Assert.True(Read().LeavesRoomFor(TimeSpan.FromDays(1)));
        Assert.False(Read().MayQueue(100));
    }

    [Theory]
    [InlineData("-1", 600, true)]
    [InlineData("00:10:00", 540, true)]
    [InlineData("00:10:00", 541, false)]
    [InlineData("00:05:00", 240, true)]
    [InlineData("00:05:00", 241, false)]
    [InlineData("01:00:00", 3241, false)]
    public void An_activity_is_left_a_minute_and_a_tenth_of_the_time_out(string timeout, int budgetSeconds, bool leavesRoom)
    {
        File.WriteAllText(_file, $$"""{ "functionTimeout": "{{timeout}}" }""");

        Assert.Equal(leavesRoom, Read().LeavesRoomFor(TimeSpan.FromSeconds(budgetSeconds)));
    }

    private HostLimits Read(params (string Name, string Value)[] settings) =>
        HostLimits.Read(
            _file, new ConfigurationBuilder().AddInMemoryCollection(
                settings.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))).Build());
}
