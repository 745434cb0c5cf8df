// The language server as a process of its own, as the editor starts it. It tells what it has computed when asked.
import '../../src/extension/language/server.ts';

process.on('message', () => process.send!(process.cpuUsage()));
