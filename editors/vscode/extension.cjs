// The extension: starts `tsfalco lsp` and speaks to it. Everything it knows is in the language server.

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { commands, window, workspace } = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

/** The command: as set, else the workspace's own where that is trusted, else the one on the PATH. */
function commandPath() {
  const set = workspace.getConfiguration('tsfalco').get('path');
  if (set) return set;
  const name = process.platform === 'win32' ? 'tsfalco.cmd' : 'tsfalco';
  for (const { uri } of workspace.isTrusted ? (workspace.workspaceFolders ?? []) : []) {
    const own = join(uri.fsPath, 'node_modules', '.bin', name);
    if (existsSync(own)) return own;
  }
  return name;
}

async function start() {
  const command = commandPath();
  client = new LanguageClient(
    'tsfalco',
    'tsfalco',
    { command, args: ['lsp', '--stdio'], options: { shell: process.platform === 'win32' } },
    {
      documentSelector: [{ language: 'yaml', scheme: 'file' }],
      synchronize: { fileEvents: workspace.createFileSystemWatcher('**/{*.yaml,*.yml,.tsfalco.yaml}') },
    },
  );
  try {
    await client.start();
  } catch (error) {
    const choice = await window.showErrorMessage(
      `${command} lsp does not start: ${error.message}. Install it with npm install -g tsfalco, or set tsfalco.path.`,
      'Open settings',
    );
    if (choice) await commands.executeCommand('workbench.action.openSettings', 'tsfalco.path');
  }
}

async function stop() {
  if (client?.isRunning()) await client.stop();
  client = undefined;
}

exports.activate = async (context) => {
  context.subscriptions.push(
    commands.registerCommand('tsfalco.restart', async () => {
      await stop();
      await start();
    }),
    workspace.onDidChangeConfiguration(async (event) => {
      if (!event.affectsConfiguration('tsfalco.path')) return;
      await stop();
      await start();
    }),
  );
  await start();
};

exports.deactivate = stop;
