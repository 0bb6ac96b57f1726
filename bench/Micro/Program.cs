// Micro-benchmarks of the hot pieces, each through its real entry point. Arguments are BenchmarkDotNet's own; bench/micro.sh asks for them.

using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

// In this process: a generated project elsewhere would know neither the settings of this repository nor its lock files.
var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(
        (args.Contains("--quick", StringComparer.Ordinal) ? Job.ShortRun : Job.Default).WithToolchain(
            new InProcessNoEmitToolchain(TimeSpan.FromMinutes(10), logOutput: false)));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. args.Where(argument => argument != "--quick")], config);
