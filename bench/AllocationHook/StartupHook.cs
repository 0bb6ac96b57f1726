using System.Globalization;

#pragma warning disable CA1050, CA1515, MA0047 // the runtime looks for exactly this type, outside of any namespace

/// <summary>Loaded by DOTNET_STARTUP_HOOKS: leaves the number of bytes that a process allocated in its whole life in a file.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("BENCH_ALLOCATED") is { Length: > 0 } file)
            AppDomain.CurrentDomain.ProcessExit += (_, _) =>
                File.WriteAllText(file, GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture));
    }
}
