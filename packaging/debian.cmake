# SPDX-License-Identifier: MIT
# A Debian package: cpack --config build/release/CPackConfig.cmake -B build

set(debian_dir ${CMAKE_CURRENT_LIST_DIR})
# Of the package alone: an ordinary installation keeps out of /etc and of systemd. Destinations
# count from the prefix, which is /usr.
install(FILES ${debian_dir}/cnedge.service ${debian_dir}/cnedge.socket
  DESTINATION lib/systemd/system COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${debian_dir}/default DESTINATION ../etc/default RENAME cnedge
  COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES LICENSE DESTINATION share/doc/cnedge RENAME copyright
  COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES sim/data/NOTICE CHANGELOG.md DESTINATION share/doc/cnedge
  COMPONENT debian EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_INSTALL_CMAKE_PROJECTS
  "${PROJECT_BINARY_DIR};${PROJECT_NAME};ALL;/;${PROJECT_BINARY_DIR};${PROJECT_NAME};debian;/")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "cnedge <cnedge@localhost>")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "init-system-helpers (>= 1.54~)")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"A virtual clock, a model of ICP licences, vetting and the networks behind the
border, and a DNS server whose answers follow what happens there.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${debian_dir}/conffiles ${debian_dir}/postinst ${debian_dir}/prerm ${debian_dir}/postrm)
include(CPack)
