using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Imgsync.Core.Integrity;
using Imgsync.Core.Upstream;

namespace Imgsync.Micro;

/// <summary>Finding one name in a list that is made here: as long as Ubuntu's SHA256SUMS of release-20260725 (66 lines), and 40 times that.</summary>
[MemoryDiagnoser]
public class Checksums
{
    private static readonly Uri Location = new("https://publisher.example/SHA256SUMS");

    private byte[] _list = [];
    private string _wanted = "";

    [Params(66, 2640)]
    public int Lines { get; set; }

    [GlobalSetup]
    public void Make()
    {
        var text = new StringBuilder();
        for (var line = 0; line < Lines; line++)
            text.Append(CultureInfo.InvariantCulture, $"{line:x64} *{_wanted = $"ubuntu-24.04-server-cloudimg-{line:d4}-amd64-wsl.rootfs.tar.gz"}\n");
        _list = Encoding.ASCII.GetBytes(text.ToString());
    }

    [Benchmark]
    public Digest FindTheLast() => ChecksumFile.Find(_list, _wanted, DigestAlgorithm.Sha256, Location);
}
