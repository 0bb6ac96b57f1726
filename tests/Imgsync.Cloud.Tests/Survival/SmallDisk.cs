using CliWrap;
using CliWrap.Buffered;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>A disk of 2 MiB mounted over a folder, until it is disposed of. It takes root, and a kernel that lets root mount.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    public static async Task<SmallDisk> MountAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var mounted = OperatingSystem.IsLinux() ? await RunAsync("mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", folder) : null;
        if (mounted is not { IsSuccess: true })
            Requirement.Demand(
                $"No small disk can be mounted here, so a full disk was not tried: "
                    + $"{mounted?.StandardError.Trim() ?? "this is not Linux"}.");
        return new SmallDisk(folder);
    }

    /// <summary>More room, and everything stays.</summary>
    public async Task GrowAsync() => Assert.True((await RunAsync("mount", "-o", "remount,size=64m", _folder)).IsSuccess);

    public async ValueTask DisposeAsync() => await RunAsync("umount", "--lazy", _folder);

    private static async Task<BufferedCommandResult> RunAsync(string program, params string[] arguments) => await ChildProcess
        .Command(program, arguments)
        .WithValidation(CommandResultValidation.None)
        .ExecuteBufferedAsync(CancellationToken.None);
}
