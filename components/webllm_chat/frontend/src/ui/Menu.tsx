import { Content, Item, Root, Separator, Trigger } from '@radix-ui/react-dropdown-menu';
import type { ReactNode } from 'react';

/** A button's menu: arrow keys, letters, Escape, and the focus back on the button. */
export function Menu(props: {
  trigger: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}) {
  const { trigger, children, ...state } = props;
  return (
    <Root modal={false} {...state}>
      <Trigger asChild>{trigger}</Trigger>
      {/* Where its button is: beside an open dialog it could not be reached. */}
      <Content className="menu" align="start" sideOffset={4} collisionPadding={8} loop>
        {children}
      </Content>
    </Root>
  );
}

export function MenuItem(props: { onSelect: () => void; tone?: 'bad'; children: ReactNode }) {
  return (
    <Item
      className={`menu-item ${props.tone === 'bad' ? 'text-bad' : ''}`}
      onSelect={props.onSelect}
    >
      {props.children}
    </Item>
  );
}

export function MenuSeparator() {
  return <Separator className="my-1 h-px bg-line" />;
}
