; The installer for one person, without asking for an administrator. `/S` is silent, `/D=FOLDER` chooses the folder.
; makensis -DVERSION=... -DPAYLOAD=folder -DICON=file.ico -DOUTPUT=setup.exe stepscope.nsi

!ifdef TARGET ; -DTARGET=amd64-unicode, where this makensis has it: wine without 32 bits runs only that
  Target ${TARGET}
!else
  Unicode true
!endif
ManifestDPIAware true
RequestExecutionLevel user
SetCompressor /SOLID lzma
!include MUI2.nsh

Name "Stepscope ${VERSION}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\Stepscope"
InstallDirRegKey HKCU "Software\Stepscope" "Folder"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Stepscope"
!define FILES "Software\Classes\Stepscope.Python"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\stepscope.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

Section
  ; Files of an older version would be imported in place of those that are gone.
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${PAYLOAD}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Stepscope.lnk" "$INSTDIR\stepscope.exe"

  WriteRegStr HKCU "Software\Stepscope" "Folder" "$INSTDIR"
  WriteRegStr HKCU "Software\Microsoft\Windows\CurrentVersion\App Paths\stepscope.exe" "" "$INSTDIR\stepscope-cli.exe"
  ; Offered by "Open with" for Python files; what opens them by default stays as it is.
  WriteRegStr HKCU "${FILES}" "" "Python file"
  WriteRegStr HKCU "${FILES}\DefaultIcon" "" "$INSTDIR\stepscope.exe,0"
  WriteRegStr HKCU "${FILES}\shell\open\command" "" '"$INSTDIR\stepscope.exe" "%1"'
  WriteRegStr HKCU "Software\Classes\.py\OpenWithProgids" "Stepscope.Python" ""
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Stepscope"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\stepscope.exe"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  ; Only what was installed: the person may have chosen a folder with other things in it.
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\stepscope.exe"
  Delete "$INSTDIR\stepscope-cli.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Stepscope.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\Stepscope"
  DeleteRegKey HKCU "${FILES}"
  DeleteRegValue HKCU "Software\Classes\.py\OpenWithProgids" "Stepscope.Python"
  DeleteRegKey /ifempty HKCU "Software\Classes\.py\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "Software\Classes\.py"
  DeleteRegKey HKCU "Software\Microsoft\Windows\CurrentVersion\App Paths\stepscope.exe"
SectionEnd
