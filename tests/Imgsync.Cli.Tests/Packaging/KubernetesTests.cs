using k8s;
using k8s.Models;

namespace Imgsync.Cli.Tests.Packaging;

/// <summary>The sample manifests are what Kubernetes' own schema knows (its API's types, which refuse a name or a kind of value that they do
/// not have), keep the strictest of its pod security standards, and say what the program understands.</summary>
public sealed class KubernetesTests
{
    private static readonly string Folder = Path.Combine(Checkout.Root, "packaging", "kubernetes");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder).Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_manifest_is_of_the_types_it_names(string file)
    {
        var objects = Read(File.ReadAllText(Path.Combine(Folder, file)));

        Assert.NotEmpty(objects);
        Assert.All(objects, item => Assert.Equal(item is V1Namespace ? null : "imgsync", item.Metadata.NamespaceProperty));
    }

    [Theory]
    [InlineData("concurrencyPolicy:", "concurencyPolicy:")]
    [InlineData("activeDeadlineSeconds: 21600", "activeDeadlineSeconds: [21600]")]
    [InlineData("runAsNonRoot: true", "runAsNonRoot: perhaps")]
    [InlineData("kind: CronJob", "kind: Cronjob")]
    [InlineData("batch/v1", "batch/v1beta1")]
    public void A_manifest_that_is_not_is_noticed(string right, string wrong)
    {
        var manifest = File.ReadAllText(Path.Combine(Folder, "cronjob.yaml"));
        Assert.Contains(right, manifest, StringComparison.Ordinal);

        Assert.NotNull(Record.Exception(() => Read(manifest.Replace(right, wrong, StringComparison.Ordinal))));
    }

    [Fact]
    public void Pods_are_restricted_find_what_they_mount_and_say_what_the_program_understands()
    {
        List<IKubernetesObject<V1ObjectMeta>> all =
            [.. Files.SelectMany(file => Read(File.ReadAllText(Path.Combine(Folder, file.Data))))];
        using var terminal = new Terminal();
        var root = ImgsyncProgram.Root(new Commands.SharedOptions(), terminal);

        var pods = all.OfType<V1CronJob>().Select(job => job.Spec.JobTemplate.Spec.Template.Spec)
            .Concat(all.OfType<V1Deployment>().Select(deployment => deployment.Spec.Template.Spec)).ToList();

        Assert.Equal(2, pods.Count);
        Assert.All(pods, pod =>
        {
            var container = Assert.Single(pod.Containers);
            Assert.Empty(root.Parse([.. container.Args]).Errors);
            Assert.True(pod.SecurityContext is { RunAsNonRoot: true, SeccompProfile.Type: "RuntimeDefault" });
            Assert.True(container.SecurityContext is { AllowPrivilegeEscalation: false, ReadOnlyRootFilesystem: true });
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.False(pod.AutomountServiceAccountToken);
            Assert.True(pod.TerminationGracePeriodSeconds >= 60);
            Assert.Equal(pod.Volumes.Select(volume => volume.Name), container.VolumeMounts.Select(mount => mount.Name));
            Assert.All(pod.Volumes, volume => Assert.True(
                volume.Secret is { DefaultMode: 288 }
                || all.OfType<V1ConfigMap>().Any(map => map.Metadata.Name == volume.ConfigMap?.Name)
                || all.OfType<V1PersistentVolumeClaim>().Any(claim => claim.Metadata.Name == volume.PersistentVolumeClaim?.ClaimName)));
            Assert.All(container.Ports ?? [], port => Assert.EndsWith($":{port.ContainerPort}", container.Args[^1], StringComparison.Ordinal));
        });
        Assert.Equal(
            all.OfType<V1Deployment>().Single().Spec.Selector.MatchLabels,
            all.OfType<V1Deployment>().Single().Spec.Template.Metadata.Labels);
    }

    [Fact]
    public async Task The_settings_are_understood_with_the_secret_that_is_mounted()
    {
        using var program = new ProgramRun();
        var secret = program.Write("keystone", "marked-secret-17\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(secret, UnixFileMode.UserRead);
        var settings = Read(await File.ReadAllTextAsync(Path.Combine(Folder, "settings.yaml"), TestContext.Current.CancellationToken))
            .OfType<V1ConfigMap>().Single().Data["imgsync.json"];
        program.Write("imgsync.json", settings.Replace("/run/secrets/imgsync/keystone", secret, StringComparison.Ordinal));

        var shown = await program.RunAsync("config", "show");

        Assert.Equal((0, ""), (shown.ExitCode, shown.StandardError));
        Assert.Contains("applicationCredentialSecret", shown.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("marked-secret-17", shown.StandardOutput, StringComparison.Ordinal);
    }

    private static List<IKubernetesObject<V1ObjectMeta>> Read(string yaml) =>
        [.. KubernetesYaml.LoadAllFromString(yaml, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];
}
