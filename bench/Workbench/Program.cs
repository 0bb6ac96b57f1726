// What the benchmarks need besides the services themselves.
//
//   Workbench make FOLDER MIB KEY...   publishes an image of that size for each of these built-in distributions
//   Workbench make-many FOLDER COUNT   a catalogue of that many entries, each with a small image
//   Workbench change FOLDER            a newer image for the first entry of such a catalogue
//   Workbench serve FOLDER PORT        serves what was made until it is stopped, one line per request
//   Workbench upload FILE              to the blob storage that AZURE_STORAGE_CONNECTION_STRING names, as fast as its SDK can
//   Workbench parallel MIB RATE DELAY ROUNDS
//                                      how much sooner an image comes over several connections, from a publisher that gives each
//                                      RATE MiB a second (0: no limit) and holds every answer back for DELAY milliseconds
//   Workbench soak SYNCS SEED IMGSYNC  that many syncs with random faults; IMGSYNC_TEST_CLOUD names a devcloud's state folder,
//                                      and IMGSYNC is the built imgsync.dll

using System.Globalization;
using Imgsync.Workbench;
using Imgsync.Workbench.Soak;

return args switch
{
    ["make", var folder, var mebibytes, .. var keys] => ImageTree.Make(folder, Number(mebibytes), keys),
    ["make-many", var folder, var count] => ManyEntries.Make(folder, Number(count)),
    ["change", var folder] => ManyEntries.Change(folder),
    ["serve", var folder, var port] => await Server.ServeAsync(folder, Number(port)),
    ["upload", var file] => await RawUpload.RunAsync(file),
    ["parallel", var mebibytes, var rate, var delay, var rounds] =>
        await ParallelReads.RunAsync(Number(mebibytes), Number(rate), Number(delay), Number(rounds)),
    ["soak", var syncs, var seed, var program] => await new SoakRun(Number(syncs), Number(seed), program).RunAsync(),
    _ => Usage(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("usage: Workbench make|make-many|change|serve|upload|parallel|soak ... (see the top of its Program.cs)");
    return 2;
}
