using System.Globalization;
using Xunit.Sdk;
using Xunit.v3;

namespace Imgsync.Testing;

/// <summary>
/// Bounds the time of every test, of those that never give up their thread too: one that is not done by then fails by its name, and
/// the run goes on. A test that needs longer says so: <c>[Fact(Timeout = …)]</c>, in milliseconds.
/// </summary>
/// <remarks>tests/Directory.Build.targets puts this into every test assembly. Not under a debugger, where people take their time.</remarks>
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
            if (await EndsAsync(test, Bound))
                return await test;

            Xunit.TestContext.Current.CancelCurrentTest();
            await EndsAsync(test, Grace);
            ctxt.Aggregator.Add(TestTimeoutException.ForTimedOutTest((int)Bound.TotalMilliseconds));
            return Bound;
        }

        private static async Task<bool> EndsAsync(Task test, TimeSpan within) =>
            await Task.WhenAny(test, Task.Delay(within, CancellationToken.None)) == test;

        private static TimeSpan? Seconds(string variable) =>
            int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
    }
}
