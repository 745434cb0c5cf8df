// The language server in its own process, as the editor starts it. Reports its CPU time when asked.
import '../../src/extension/language/server.ts';

process.on('message', () => process.send!(process.cpuUsage()));
