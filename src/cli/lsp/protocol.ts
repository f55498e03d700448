// The editors' protocol, as far as it is spoken here. The one file that names its package.

export {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  type Connection,
  createConnection,
  type Diagnostic,
  type DiagnosticSeverity,
  type DiagnosticTag,
  FileChangeType,
  type InitializeResult,
  InsertTextFormat,
  ResponseError,
  TextDocumentSyncKind,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
