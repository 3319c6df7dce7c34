import { memo, type ReactNode } from 'react';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { useStore } from 'zustand';
import type { Message } from '../../conversation/store';
import { errorKind } from '../../engine/errors';
import type { Note } from '../../engine/machine';
import { useServices } from '../services';
import { modelName, noteText } from '../texts';

const PLUGINS = [remarkGfm];
// An image's address could carry a conversation away, so none is ever fetched.
const WITHOUT_IMAGES = ['img'];

export const ChatMessage = memo(function ChatMessage({ message }: { message: Message<Note> }) {
  const { role, status, content } = message;
  return (
    <article
      data-testid="message"
      data-role={role}
      data-status={status}
      aria-label={role === 'user' ? 'You' : 'Answer'}
      className={role === 'user' ? 'flex justify-end' : ''}
    >
      {role === 'user' ? (
        <p className="max-w-[85%] whitespace-pre-wrap break-words rounded-ui bg-surface px-4 py-2">
          {content}
        </p>
      ) : (
        <>
          {message.interrupted.map((text, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list only ever grows at its end
            <details key={index} className="mb-2 text-sm text-muted">
              <summary className="cursor-pointer">What the interrupted answer had said</summary>
              <p className="whitespace-pre-wrap">{text}</p>
            </details>
          ))}
          <div className="prose" data-testid="answer">
            <Markdown
              remarkPlugins={PLUGINS}
              disallowedElements={WITHOUT_IMAGES}
              components={LINKS}
            >
              {content}
            </Markdown>
          </div>
          {(status === 'waiting' || (status === 'streaming' && content === '')) && (
            <p className="text-muted">
              {status === 'waiting' ? 'Waiting for the model…' : 'Reading…'}
            </p>
          )}
          <Footer message={message} />
        </>
      )}
    </article>
  );
});

const LINKS = {
  a: (props: { href?: string | undefined; children?: ReactNode }) => (
    <a href={props.href} target="_blank" rel="noopener noreferrer nofollow">
      {props.children}
    </a>
  ),
};

/** Notes, the model, and how fast it was, under the answer they concern. */
function Footer({ message }: { message: Message<Note> }) {
  const { args } = useServices();
  const catalog = useStore(args, ({ current }) => current?.catalog ?? []);
  const { stats, status, modelId, notes } = message;
  const ended = status === 'done' || status === 'stopped';
  return (
    <footer className="mt-2 flex flex-col gap-1 text-xs text-muted">
      {notes.map((note) => (
        <p key={JSON.stringify(note)} data-testid="notice" data-kind={note.kind}>
          {noteText(note, catalog)}
        </p>
      ))}
      {status === 'failed' && (
        <p className="text-bad">No answer. {errorKind(message.errorKind ?? 'unknown').cause}</p>
      )}
      {ended && modelId && (
        <p className="tabular-nums">
          {modelName(modelId, catalog)}
          {status === 'stopped' && ' · stopped'}
          {stats && stats.tokens > 0 && (
            <>
              {' · '}
              <span data-testid="first-token">
                {stats.timeToFirstTokenS.toFixed(1)} s to the first token
              </span>
              {stats.decodeTokensPerS > 0 && (
                <>
                  {' · '}
                  <span data-testid="speed">{stats.decodeTokensPerS.toFixed(1)} tokens/s</span>
                </>
              )}
            </>
          )}
        </p>
      )}
    </footer>
  );
}
