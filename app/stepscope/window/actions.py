"""The table of commands: menus, the run bar and the keys are all made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from stepscope.model.phase import RunPhase


@dataclass(frozen=True)
class Situation:
    """What decides which commands make sense now."""

    has_program: bool = False
    has_sources: bool = False  # it was read from files, and can be read again
    is_opening: bool = False
    is_starting: bool = False  # a run, of which nothing has come yet
    is_outline: bool = False
    phase: RunPhase = RunPhase.IDLE
    has_selection: bool = False
    has_choice_of_python: bool = True
    has_other_graphs: bool = False  # in the same file or project
    is_looking_back: bool = False

    @property
    def can_start(self) -> bool:
        """A run can begin, or go on."""
        return self.is_runnable and not self.is_starting and self.phase is not RunPhase.RUNNING

    @property
    def is_at_rest(self) -> bool:
        """No run is on, nor about to be."""
        return self.is_runnable and not self.is_starting and not self.phase.is_live

    @property
    def is_runnable(self) -> bool:
        """There is a program that was loaded."""
        return self.has_program and not self.is_opening and not self.is_outline


def _always(now: Situation) -> bool:
    return True


@dataclass(frozen=True)
class Command:
    """One thing the person can do. `paused_text` replaces `text` while a run is paused."""

    id: str
    menu: str
    text: str
    tip: str
    shortcut: str = ""
    icon: str = ""
    on_bar: bool = False
    is_primary: bool = False
    paused_text: str = ""
    enabled: Callable[[Situation], bool] = _always
    group: str = ""  # of commands of which one is checked
    is_switch: bool = False  # checked or not, by itself
    starts_section: bool = False
    runs: bool = False  # what is only looked at cannot be run


COMMANDS = (
    Command("open", "File", "&Open…", "Open a Python file that builds a graph, or a project", "Ctrl+O"),
    Command(
        "open_folder",
        "File",
        "Open &Project Folder…",
        "Open the folder of a project, which has a langgraph.json",
        "Ctrl+Shift+O",
    ),
    Command(
        "choose_graph",
        "File",
        "Choose &Graph…",
        "Open another graph of the same file or project",
        enabled=lambda now: now.has_other_graphs and not now.is_opening,
    ),
    Command(
        "reload",
        "File",
        "Re&load",
        "Load the open file again as it is now; a run is stopped for that",
        "Ctrl+R",
        enabled=lambda now: now.has_sources and not now.is_opening,
        starts_section=True,
    ),
    Command(
        "reload_automatically",
        "File",
        "Reload &Automatically",
        "Load the open file again whenever it or a module of its project changes",
        is_switch=True,
    ),
    Command(
        "trust",
        "File",
        "&Trust and Load…",
        "Let the code of what is only looked at run, and load it",
        enabled=lambda now: now.is_outline and not now.is_opening,
        starts_section=True,
    ),
    Command(
        "trusted_folders",
        "File",
        "Trusted &Folders…",
        "See what runs without a question, and take trust back",
    ),
    Command(
        "open_source",
        "File",
        "Open Node in &Editor",
        "Open the code of the selected node in your editor",
        "Ctrl+E",
        enabled=lambda now: now.has_selection,
        starts_section=True,
    ),
    Command("editor", "File", "Edi&tor Command…", "Choose the editor that code is opened in"),
    Command(
        "export",
        "File",
        "E&xport…",
        "Write the graph into a file: as a picture, or as text",
        "Ctrl+Shift+E",
        enabled=lambda now: now.has_program,
        starts_section=True,
    ),
    Command(
        "print",
        "File",
        "Pr&int…",
        "Print the whole graph on one page, or into a PDF, as the run has it now",
        "Ctrl+P",
        enabled=lambda now: now.has_program,
    ),
    Command("quit", "File", "&Quit", "Leave Stepscope", "Ctrl+Q", starts_section=True),
    Command(
        "find",
        "Edit",
        "&Find Node…",
        "Find a node by its name, at any depth",
        "Ctrl+F",
        enabled=lambda now: now.has_program,
    ),
    Command(
        "find_next",
        "Edit",
        "Find &Next",
        "Go to the next node that was found",
        "F3",
        enabled=lambda now: now.has_program,
    ),
    Command(
        "find_previous",
        "Edit",
        "Find &Previous",
        "Go back to the node that was found before",
        "Shift+F3",
        enabled=lambda now: now.has_program,
    ),
    Command(
        "copy_image",
        "Edit",
        "Copy as &Image",
        "Copy the whole graph as a picture, as the run has it now",
        "Ctrl+Shift+C",
        enabled=lambda now: now.has_program,
        starts_section=True,
    ),
    Command(
        "copy_mermaid",
        "Edit",
        "Copy as &Mermaid",
        "Copy the graph as Mermaid's text, as the run has it now",
        enabled=lambda now: now.has_program,
    ),
    Command(
        "run",
        "Run",
        "&Run",
        "Run the graph, or go on with a paused run",
        "F5",
        icon="run",
        on_bar=True,
        is_primary=True,
        paused_text="&Continue",
        runs=True,
        enabled=lambda now: now.can_start,
    ),
    Command(
        "pause",
        "Run",
        "&Pause",
        "Start no new task; what runs, finishes",
        "F6",
        icon="pause",
        on_bar=True,
        enabled=lambda now: now.phase is RunPhase.RUNNING,
    ),
    Command(
        "step",
        "Run",
        "&Step",
        "Run one superstep, then pause",
        "F10",
        icon="step",
        on_bar=True,
        runs=True,
        enabled=lambda now: now.can_start,
    ),
    Command(
        "into",
        "Run",
        "Step &Into",
        "Start one task: stop at the first superstep inside it, or when it has ended",
        "F11",
        enabled=lambda now: now.phase is RunPhase.PAUSED,
    ),
    Command(
        "out",
        "Run",
        "Step &Out",
        "Run until the subgraph is left",
        "Shift+F11",
        enabled=lambda now: now.phase is RunPhase.PAUSED,
    ),
    Command(
        "run_to",
        "Run",
        "Run &to Node",
        "Run until it is the selected node's turn",
        "Ctrl+F10",
        enabled=lambda now: now.can_start and now.has_selection,
    ),
    Command(
        "start_paused",
        "Run",
        "Start P&aused",
        "Begin a run that waits before its first superstep",
        "Ctrl+F5",
        enabled=lambda now: now.can_start and now.phase is not RunPhase.PAUSED,
    ),
    Command(
        "stop",
        "Run",
        "S&top",
        "End the run now, or give up what is being opened",
        "Shift+F5",
        icon="stop",
        on_bar=True,
        enabled=lambda now: now.phase.is_live or now.is_starting or now.is_opening,
    ),
    Command(
        "restart",
        "Run",
        "R&estart",
        "Stop, and run the file as it is now with the same input",
        "Ctrl+Shift+F5",
        icon="restart",
        on_bar=True,
        runs=True,
        enabled=lambda now: now.is_runnable and now.phase is not RunPhase.IDLE,
    ),
    Command(
        "look_back",
        "Run",
        "Look &Back",
        "Look one checkpoint back in the thread; nothing is changed by looking",
        "Shift+F10",
        enabled=lambda now: now.is_runnable and not now.is_starting,
        starts_section=True,
    ),
    Command(
        "look_at_run",
        "Run",
        "Look at the R&un Again",
        "Leave the checkpoint that is looked at",
        "Alt+Shift+F10",
        enabled=lambda now: now.is_looking_back,
    ),
    Command(
        "fork",
        "Run",
        "&Fork from Here",
        "Run on from the checkpoint that is looked at; what came after it then stays in the thread",
        "Ctrl+Shift+F10",
        runs=True,
        enabled=lambda now: now.is_looking_back and now.is_at_rest,
    ),
    Command(
        "edit_state",
        "Run",
        "E&dit State…",
        "Change the state at the checkpoint that is looked at, at the thread's newest, or where a run stands",
        "Ctrl+Shift+T",
        runs=True,
        enabled=lambda now: now.is_at_rest or now.phase is RunPhase.PAUSED,
    ),
    Command(
        "edit_input", "Run", "Edit &Input", "Put the cursor into the input", "Ctrl+I", starts_section=True
    ),
    Command(
        "choose_interpreter",
        "Run",
        "Choose I&nterpreter…",
        "Choose the Python that runs the graph",
        enabled=lambda now: now.has_program and not now.is_opening and now.has_choice_of_python,
    ),
    Command(
        "switch_input",
        "Run",
        "Input as &Form or JSON",
        "Fill the input in in a form, or write it as JSON",
        "Ctrl+Shift+I",
    ),
    Command(
        "toggle_breakpoint",
        "Breakpoints",
        "&Toggle Breakpoint",
        "Stop before the selected node, or no longer",
        "F9",
        enabled=lambda now: now.has_program and now.has_selection,
    ),
    Command(
        "edit_breakpoint",
        "Breakpoints",
        "Break &When…",
        "Stop at the selected node under a condition, or from a visit on",
        "Shift+F9",
        enabled=lambda now: now.has_program and now.has_selection,
    ),
    Command(
        "add_logpoint",
        "Breakpoints",
        "&Log…",
        "Say something in the Console at the selected node, without stopping",
        "Ctrl+F9",
        enabled=lambda now: now.has_program and now.has_selection,
    ),
    Command(
        "break_on_errors",
        "Breakpoints",
        "On Any &Error",
        "Stop when a node raises an exception, before anything else happens",
        is_switch=True,
        starts_section=True,
        enabled=lambda now: now.has_program,
    ),
    Command(
        "break_on_unhandled",
        "Breakpoints",
        "On Errors &Not Handled",
        "Stop when a node raises what no retry policy and no error handler takes",
        is_switch=True,
        enabled=lambda now: now.has_program,
    ),
    Command(
        "break_on_change",
        "Breakpoints",
        "On a &Change of the State…",
        "Stop after the superstep in which the value of a key has changed",
        enabled=lambda now: now.has_program,
    ),
    Command(
        "break_on_message",
        "Breakpoints",
        "On a Custom &Message…",
        "Stop when a message arrives that a node has written to the stream",
        enabled=lambda now: now.has_program,
    ),
    Command(
        "enable_breakpoints",
        "Breakpoints",
        "E&nable All",
        "Switch all breakpoints on",
        starts_section=True,
        enabled=lambda now: now.has_program,
    ),
    Command(
        "disable_breakpoints",
        "Breakpoints",
        "&Disable All",
        "Switch all breakpoints off, and keep them",
        enabled=lambda now: now.has_program,
    ),
    Command(
        "remove_breakpoints",
        "Breakpoints",
        "&Remove All",
        "Remove all breakpoints of this graph",
        enabled=lambda now: now.has_program,
    ),
    Command("fit", "View", "&Fit Graph", "Show the whole graph", "F", enabled=lambda now: now.has_program),
    Command(
        "zoom_selection",
        "View",
        "Zoom to &Selection",
        "Fill the view with the selected node or subgraph",
        "Shift+F",
        enabled=lambda now: now.has_program and now.has_selection,
    ),
    Command("zoom_in", "View", "Zoom &In", "Larger", "Ctrl++", enabled=lambda now: now.has_program),
    Command("zoom_out", "View", "Zoom &Out", "Smaller", "Ctrl+-", enabled=lambda now: now.has_program),
    Command("life_size", "View", "&100 %", "As large as life", "Ctrl+0", enabled=lambda now: now.has_program),
    Command(
        "neighbourhood",
        "View",
        "Only the &Neighbourhood",
        "Dim all that no edge joins to the selected node",
        "N",
        is_switch=True,
        starts_section=True,
        enabled=lambda now: now.has_program,
    ),
    Command(
        "fold",
        "View",
        "F&old or Open Subgraph",
        "Show the selected subgraph as one node, or what is inside it",
        "O",
        enabled=lambda now: now.has_program and now.has_selection,
        starts_section=True,
    ),
    Command(
        "fold_all",
        "View",
        "Fold &All",
        "Show every subgraph as one node",
        enabled=lambda now: now.has_program,
    ),
    Command(
        "open_all",
        "View",
        "Open A&ll",
        "Show what is inside every subgraph, at every depth",
        enabled=lambda now: now.has_program,
    ),
    Command(
        "flow_right",
        "View",
        "Flow to the &Right",
        "Draw graphs from left to right, and not from top to bottom",
        "D",
        is_switch=True,
    ),
    Command(
        "minimap",
        "View",
        "&Minimap",
        "Show the whole graph, small, in a corner while it does not fit into the view",
        is_switch=True,
    ),
    Command(
        "legend",
        "View",
        "&Legend",
        "Say what the lines and marks of the graph mean",
        "?",
        is_switch=True,
        enabled=lambda now: now.has_program,
    ),
    Command(
        "numbers",
        "View",
        "&Times on Nodes",
        "Say on each node how long it took, and how many tokens a second its model spoke",
        is_switch=True,
    ),
    Command(
        "theme_system",
        "View",
        "Theme: As the S&ystem",
        "Follow the desktop's light or dark",
        group="theme",
        starts_section=True,
    ),
    Command("theme_light", "View", "Theme: &Light", "Always light", group="theme"),
    Command("theme_dark", "View", "Theme: &Dark", "Always dark", group="theme"),
    Command(
        "high_contrast",
        "View",
        "&High Contrast",
        "Strong colours and no tints; without it, as the desktop has it",
        is_switch=True,
    ),
    Command(
        "reduce_motion",
        "View",
        "Red&uce Motion",
        "Nothing moves or fades; without it, as the desktop has it",
        is_switch=True,
    ),
    Command(
        "reset_layout", "View", "&Reset Layout", "Put every pane back into its place", starts_section=True
    ),
    Command("about", "Help", "&About Stepscope", "Version, licence and the versions in use"),
)


ONLY_LOOKING = "Only looking: nothing of this file runs until you trust it and load it"


class Actions(QObject):
    """One QAction a command. `connect_to` says what they do."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = {command.id: self._make(command) for command in COMMANDS}
        self.update(Situation())

    def connect_to(self, handlers: Mapping[str, Callable[[], object]]) -> None:
        """Give each command its handler. Raises ValueError when one lacks, or is too many."""
        if strangers := handlers.keys() ^ self._actions.keys():
            raise ValueError(f"Commands and handlers differ in {', '.join(sorted(strangers))}")
        for command_id, handler in handlers.items():
            self._actions[command_id].triggered.connect(lambda checked=False, handler=handler: handler())

    def __getitem__(self, command_id: str) -> QAction:
        return self._actions[command_id]

    def of_menu(self, menu: str) -> list[tuple[Command, QAction]]:
        return [(command, self._actions[command.id]) for command in COMMANDS if command.menu == menu]

    def on_bar(self) -> list[tuple[Command, QAction]]:
        return [(command, self._actions[command.id]) for command in COMMANDS if command.on_bar]

    def update(self, now: Situation) -> None:
        """Enable what makes sense now, and name it so."""
        for command in COMMANDS:
            action = self._actions[command.id]
            action.setEnabled(command.enabled(now))
            action.setToolTip(ONLY_LOOKING if command.runs and now.is_outline else _tip(command, action))
            if command.paused_text:
                action.setText(command.paused_text if now.phase is RunPhase.PAUSED else command.text)

    def check(self, command_id: str) -> None:
        """Mark one command of a group as the one that holds."""
        group = next(command.group for command in COMMANDS if command.id == command_id)
        for command in COMMANDS:
            if command.group == group:
                self._actions[command.id].setChecked(command.id == command_id)

    def _make(self, command: Command) -> QAction:
        action = QAction(command.text, self)
        action.setObjectName(command.id)
        action.setShortcut(QKeySequence(command.shortcut))
        action.setCheckable(bool(command.group) or command.is_switch)
        return action


def _tip(command: Command, action: QAction) -> str:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{command.tip} ({keys})" if keys else command.tip
