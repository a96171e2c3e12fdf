// The upload form, streamed: nothing of a file is kept in memory, and nothing is stored before the form's token was right.
import Busboy from '@fastify/busboy';
import { DOCUMENT_MOST, dropDocument, storeDocument } from './document.mjs';
import { tokenGood } from './sessions.mjs';

export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

const fieldMost = { fields: 4, fieldSize: 1024, fieldNameSize: 32, files: 1, parts: 5, fileSize: DOCUMENT_MOST, headerPairs: 8 };

function parser(headers) {
  try {
    return new Busboy({ headers, limits: fieldMost });
  } catch {
    throw new Refused(400, '表单不完整，请重新上传。');
  }
}

// The document that a request brings, stored; the caller's to drop. Fields stand before the file, as in our form; the tick
// for the seal stands behind it.
export async function readUpload(request, session, folder) {
  const form = parser(request.headers);
  const fields = {};
  let storing;
  form.on('field', (name, value) => { fields[name] = value; });
  form.on('file', (name, stream, filename) => {
    if (storing || name !== 'file' || !filename || !tokenGood(session, fields.csrf)) return stream.resume();
    storing = storeDocument(stream, { name: filename, folder, credentials: session.credentials })
      .then((document) => ({ document, cut: stream.truncated }), (error) => ({ error }));
  });
  const parsed = await new Promise((resolve) => {
    form.once('finish', () => resolve(true)).once('error', () => resolve(false));
    request.once('aborted', () => form.destroy(new Error('aborted'))).once('error', () => resolve(false));
    request.pipe(form);
  });
  const { document, cut, error } = (await storing) ?? {};
  const refuse = async (status, text) => {
    if (document) await dropDocument(document);
    throw new Refused(status, text);
  };
  if (!tokenGood(session, fields.csrf)) return refuse(403, '页面已经过期，请回到首页再试。');
  if (error && parsed) throw error;
  if (!parsed || error) return refuse(400, '文件没有传完，请重新上传。');
  if (!document) return refuse(422, '请先选一个文件。');
  if (cut) return refuse(413, '文件超过 20 MB。请压缩或拆分后再上传。');
  if (!document.size) return refuse(422, '这个文件是空的，没有可以签署的内容。');
  document.seal = fields.seal === '1';
  return document;
}
