// The language server as a process of its own, as the editor starts it.
import '../../src/extension/language/server.ts';
