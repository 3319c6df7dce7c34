import { Ellipsis, Pin } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import type { SearchHit, Snippet } from '../../../conversation/search';
import type { Conversation } from '../../../conversation/store';
import { Menu, MenuItem, MenuSeparator } from '../../Menu';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { IconButton } from '../controls/IconButton';
import { isComposing } from '../controls/keys';
import { offerUndo } from '../notices/undo';
import { exportConversations } from './transfer-files';

/** One conversation of the list, and what can be done with it. */
export function ConversationRow(props: {
  conversation: Conversation;
  open: boolean;
  /** Where it was found. */
  hit: SearchHit | null;
}) {
  const { conversation, open, hit } = props;
  const words = useTexts();
  const services = useServices();
  const { conversation: store, surface } = services;
  const [renaming, setRenaming] = useState(false);
  const { id, title, pinned } = conversation;
  if (renaming) return <Rename conversation={conversation} onEnd={() => setRenaming(false)} />;
  const remove = () => {
    store.deleteConversations([id]);
    offerUndo({
      text: words.undo.conversationDeleted(title),
      restore: () => {
        store.restoreConversations([id]);
        if (open) void store.open(id);
      },
    });
    surface.close();
  };
  return (
    <div
      data-testid="conversation"
      data-open={open}
      className={`group flex items-center rounded-ui ${open ? 'bg-surface' : 'hover:bg-surface'}`}
    >
      <button
        type="button"
        aria-current={open ? 'true' : undefined}
        className="flex min-h-9 min-w-0 flex-1 items-center gap-1.5 px-2 text-start text-sm"
        title={title}
        onClick={() => {
          void store.open(id).then(() => {
            if (hit?.messageId) surface.focusMessage(hit.messageId);
          });
          surface.close();
        }}
      >
        {pinned && <Pin aria-hidden size={14} className="shrink-0 text-muted" />}
        <span className="flex min-w-0 flex-col">
          <span className="truncate" dir="auto">
            {title}
          </span>
          {hit?.snippet && <FoundText snippet={hit.snippet} />}
        </span>
      </button>
      <Menu
        trigger={
          <IconButton label={words.conversations.more(title)}>
            <Ellipsis aria-hidden size={16} />
          </IconButton>
        }
      >
        <MenuItem onSelect={() => store.setPinned(id, !pinned)}>
          {pinned ? words.conversations.unpin : words.conversations.pin}
        </MenuItem>
        <MenuItem onSelect={() => setRenaming(true)}>{words.conversations.rename}</MenuItem>
        <MenuSeparator />
        <MenuItem onSelect={() => void exportConversations(services, 'markdown', id)}>
          {words.conversations.exportMarkdown}
        </MenuItem>
        <MenuItem onSelect={() => void exportConversations(services, 'json', id)}>
          {words.conversations.exportJson}
        </MenuItem>
        <MenuSeparator />
        <MenuItem tone="bad" onSelect={remove}>
          {words.conversations.delete}
        </MenuItem>
      </Menu>
    </div>
  );
}

function FoundText({ snippet: { before, match, after } }: { snippet: Snippet }) {
  return (
    <span className="truncate text-xs text-muted" dir="auto">
      {before}
      <mark>{match}</mark>
      {after}
    </span>
  );
}

function Rename({ conversation, onEnd }: { conversation: Conversation; onEnd: () => void }) {
  const words = useTexts().conversations;
  const { conversation: store } = useServices();
  const [title, setTitle] = useState(conversation.title);
  const save = () => {
    store.rename(conversation.id, title);
    onEnd();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === 'Enter') save();
    if (event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault(); // A drawer around it stays open.
      onEnd();
    }
  };
  return (
    <input
      // The field stands where the menu's button was pressed.
      ref={(field) => field?.select()}
      className="field w-full"
      aria-label={words.renameLabel}
      dir="auto"
      value={title}
      onChange={(event) => setTitle(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={save}
    />
  );
}
