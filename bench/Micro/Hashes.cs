using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Imgsync.Core.Content;

namespace Imgsync.Micro;

/// <summary>Both digests of 64 MiB, in a pass's blocks, beside each digest alone: on two
/// free cores both cost the slower one's time.</summary>
[MemoryDiagnoser]
public class Hashes
{
    private const int Blocks = (64 << 20) / BytePass.BlockBytes;

    private readonly byte[] _block = RandomNumberGenerator.GetBytes(BytePass.BlockBytes);

    [Benchmark(Baseline = true)]
    public byte[] Sha256Alone() => Alone(HashAlgorithmName.SHA256);

    [Benchmark]
    public byte[] Sha512Alone() => Alone(HashAlgorithmName.SHA512);

    [Benchmark]
    public async Task<ContentFacts> BothAsAPassDoes()
    {
        using var hasher = new ContentHasher(sha256: true);
        for (var block = 0; block < Blocks; block++)
            await hasher.WriteAsync(_block, CancellationToken.None);
        return hasher.Finish();
    }

    private byte[] Alone(HashAlgorithmName algorithm)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        for (var block = 0; block < Blocks; block++)
            hash.AppendData(_block);
        return hash.GetHashAndReset();
    }
}
