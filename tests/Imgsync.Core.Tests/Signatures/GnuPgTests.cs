using System.Diagnostics;
using System.Text;
using Imgsync.Core.Signatures;
using Imgsync.Core.Signatures.Documents;
using Imgsync.Testing;
using static Imgsync.Core.Tests.Signatures.Verification;

namespace Imgsync.Core.Tests.Signatures;

/// <summary>What GnuPG signs, we verify.</summary>
public sealed class GnuPgTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("imgsync-gpg");

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        using var stop = Start("gpgconf", ["--homedir", _home.FullName, "--kill", "all"]);
        stop?.WaitForExit();
        _home.Delete(recursive: true);
    }

    [Theory]
    [InlineData("rsa2048", false)]
    [InlineData("rsa2048", true)]
    [InlineData("ed25519", false)]
    [InlineData("ed25519", true)]
    public async Task A_detached_signature_is_good(string algorithm, bool bySubkey)
    {
        var fingerprint = await MakeKeyAsync(algorithm, bySubkey);
        var verifier = Verifier();
        await File.WriteAllBytesAsync(PathOf("list"), Document, CancellationToken);
        await GpgAsync("--detach-sign", PathOf("list"));
        await GpgAsync("--armor", "--detach-sign", PathOf("list"));

        Assert.Equal(fingerprint, await verifier.VerifyAsync(await ReadAsync("list.sig"), fingerprint));
        Assert.Equal(fingerprint, await verifier.VerifyAsync(await ReadAsync("list.asc"), fingerprint));
    }

    [Fact]
    public async Task A_clear_signed_file_is_good_and_gives_its_text()
    {
        var fingerprint = await MakeKeyAsync("ed25519", bySubkey: false);
        await File.WriteAllTextAsync(PathOf("list"), "one  \n- two\n-----BEGIN PGP SIGNATURE-----\n\nfrom here\n", CancellationToken);
        await GpgAsync("--clear-sign", PathOf("list"));

        var signed = await Verifier().VerifyClearSignedAsync(await ReadAsync("list.asc"), [fingerprint], What, CancellationToken);

        Assert.Equal("one\n- two\n-----BEGIN PGP SIGNATURE-----\n\nfrom here\n", Encoding.ASCII.GetString(signed.Text));
    }

    private async Task<string> MakeKeyAsync(string algorithm, bool bySubkey)
    {
        await GpgAsync("--quick-gen-key", "Images <images@example.org>", algorithm, bySubkey ? "cert" : "sign", "1y");
        var listing = await GpgAsync("--with-colons", "--list-keys");
        var fingerprint = listing.Split('\n').First(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];
        if (bySubkey)
            await GpgAsync("--quick-add-key", fingerprint, algorithm, "sign", "1y");

        await GpgAsync("--output", PathOf("keyring.gpg"), "--export");
        return fingerprint;
    }

    private SignatureVerifier Verifier() => new(
        new KeyFinder([new KeyringFile(PathOf("keyring.gpg"), mustExist: true)], NoCache, server: null),
        TimeProvider.System);

    private Task<byte[]> ReadAsync(string name) => File.ReadAllBytesAsync(PathOf(name), CancellationToken);

    private string PathOf(string name) => Path.Combine(_home.FullName, name);

    private async Task<string> GpgAsync(params string[] arguments)
    {
        string[] quietly = ["--homedir", _home.FullName, "--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback"];
        Requirement.DemandProgram("gpg", "it is in Debian's package gnupg");
        using var gpg = Start("gpg", [.. quietly, .. arguments])!;
        var output = gpg.StandardOutput.ReadToEndAsync(CancellationToken);
        var errors = gpg.StandardError.ReadToEndAsync(CancellationToken);
        await gpg.WaitForExitAsync(CancellationToken);

        Assert.True(gpg.ExitCode == 0, await errors);
        return await output;
    }

    private static Process? Start(string program, string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // not installed
        }
    }
}
