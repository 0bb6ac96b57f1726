[assembly: AssemblyFixture(typeof(Imgsync.Functions.Tests.Engine.WorkflowEngine))]
