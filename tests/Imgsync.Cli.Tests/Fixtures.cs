[assembly: AssemblyFixture(typeof(DevCloud))]
