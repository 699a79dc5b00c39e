import { useState } from "react";
import type { Taskroom } from "taskroom/client";
import { TaskroomProvider } from "taskroom/react";
import { ChatRoom } from "./chat-room";
import { SignIn } from "./sign-in";
import { TaskList } from "./task-list";

export function App({ client: known }: { client?: Taskroom }) {
  const [client, setClient] = useState(known);
  const [taskId, setTaskId] = useState<string>();
  if (!client) return <SignIn onClient={setClient} />;
  return (
    <TaskroomProvider client={client}>
      <TaskList chosen={taskId} onChoose={setTaskId} />
      {taskId && <ChatRoom key={taskId} taskId={taskId} />}
      <button type="button" onClick={() => setClient(undefined)}>
        Sign out
      </button>
    </TaskroomProvider>
  );
}
