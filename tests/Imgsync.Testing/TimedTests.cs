using System.Globalization;
using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Imgsync.Testing;

/// <summary>Bounds the time of every test, of those that never give up their thread too: one that is not done by then fails by its
/// name, and the run goes on. A test that needs longer says so with <see cref="TakesMinutesAttribute"/>.</summary>
/// <remarks>tests/Directory.Build.targets puts this into every test assembly; IMGSYNC_TEST_SECONDS sets another
/// bound. Not under a debugger, where people take their time.</remarks>
public sealed class TimedTests : ITestPipelineStartup
{
    public ValueTask StartAsync(IMessageSink diagnosticMessageSink)
    {
        if (!System.Diagnostics.Debugger.IsAttached)
            XunitTestRunner.Instance = new Runner();
        return ValueTask.CompletedTask;
    }

    public ValueTask StopAsync() => ValueTask.CompletedTask;

    private sealed class Runner : XunitTestRunner
    {
        private static readonly TimeSpan Bound = Seconds("IMGSYNC_TEST_SECONDS") ?? TimeSpan.FromMinutes(2);

        /// <summary>For what a test does at its end, once its cancellation token has been cancelled.</summary>
        private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

        protected override async ValueTask<TimeSpan> RunTest(XunitTestRunnerContext ctxt)
        {
            if (ctxt.Test.Timeout > 0)
                return await base.RunTest(ctxt);

            // A thread of its own: a test that keeps the one it is given must not keep this one.
            var test = Task.Run(async () => await base.RunTest(ctxt), CancellationToken.None);
            var bound = ctxt.Test.TestMethod.Method.GetCustomAttribute<TakesMinutesAttribute>() is { } own
                ? TimeSpan.FromMinutes(own.Minutes)
                : Bound;
            if (await EndsAsync(test, bound))
                return await test;

            Xunit.TestContext.Current.CancelCurrentTest();
            await EndsAsync(test, Grace);
            ctxt.Aggregator.Add(TestTimeoutException.ForTimedOutTest((int)bound.TotalMilliseconds));
            return bound;
        }

        private static async Task<bool> EndsAsync(Task test, TimeSpan within) =>
            await Task.WhenAny(test, Task.Delay(within, CancellationToken.None)) == test;

        private static TimeSpan? Seconds(string variable) =>
            int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var seconds)
                ? TimeSpan.FromSeconds(seconds)
                : null;
    }
}

/// <summary>How long a test may take that needs more than the others.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TakesMinutesAttribute(int minutes) : Attribute
{
    public int Minutes { get; } = minutes;
}
