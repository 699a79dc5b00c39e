export { inTime, NoAnswerInTime } from "../platform/in-time";
