using System.Diagnostics;

namespace Imgsync.Cloud.Tests.Infra;

/// <summary>Runs the scripts of <c>infra/bicep</c>, which fetch the Bicep CLI on their own.</summary>
internal static class BicepScript
{
    /// <summary>lint.sh's exit code for a machine that cannot have the CLI, and bicep.sh's.</summary>
    private static readonly int[] NoCli = [2, 127];

    /// <summary>The exit code, and everything that was said.</summary>
    public static async Task<(int ExitCode, string Said)> RunAsync(string script, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = new Process
        {
            StartInfo = new("bash", [Checkout.File($"infra/bicep/{script}"), .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);

        var said = await output + await errors;
        Requirement.Demand(NoCli.Contains(process.ExitCode) ? said : null);
        return (process.ExitCode, said);
    }
}
